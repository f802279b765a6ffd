import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The stop list in Java, with nothing but kafka-clients: java -cp kafka-clients.jar:slf4j-api.jar StopList.java BROKER CLIENT… */
public class StopList {
    private static final String TOPIC = "shipment-blocks";
    private static final Duration SILENT_MAX = Duration.ofSeconds(60);
    private final Map<String, Long> last = new HashMap<>();
    private final Set<String> blocked = new HashSet<>();
    private long currentAt = Long.MIN_VALUE;

    /** Who, which of its events and what: CloudEvents headers say it, so no JSON is needed. */
    void take(ConsumerRecord<byte[], byte[]> record) {
        String id = header(record, "ce_id"), type = header(record, "ce_type");
        int colon = id.lastIndexOf(':');
        if (colon < 0) return;
        String client = id.substring(0, colon);
        long sequence = Long.parseLong(id.substring(colon + 1));
        if (sequence <= last.getOrDefault(client, 0L)) return; // a repeat
        last.put(client, sequence);
        if (type.equals("shipment.released")) blocked.remove(client); else blocked.add(client);
    }

    /** free, blocked, or unknown: then ask a person. */
    String ask(String client) {
        boolean current = currentAt != Long.MIN_VALUE && System.nanoTime() - currentAt <= SILENT_MAX.toNanos();
        return !current ? "unknown" : blocked.contains(client) ? "blocked" : "free";
    }

    /** Reads what there is; call it again and again in a program that stays. */
    void read(KafkaConsumer<byte[], byte[]> consumer, Collection<TopicPartition> partitions) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) take(record);
        long askedAt = System.nanoTime();
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, Duration.ofSeconds(10));
        if (!partitions.isEmpty() && partitions.stream().allMatch(p -> consumer.position(p) >= ends.get(p))) currentAt = askedAt;
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header found = record.headers().lastHeader(name);
        return found == null ? "" : new String(found.value(), StandardCharsets.UTF_8);
    }

    public static void main(String[] arguments) {
        StopList list = new StopList();
        Map<String, Object> settings = Map.of("bootstrap.servers", arguments[0], "isolation.level", "read_committed",
            "auto.offset.reset", "earliest", "enable.auto.commit", false, "default.api.timeout.ms", 10000,
            "key.deserializer", ByteArrayDeserializer.class, "value.deserializer", ByteArrayDeserializer.class);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings)) {
            List<TopicPartition> partitions =
                consumer.partitionsFor(TOPIC).stream().map(p -> new TopicPartition(TOPIC, p.partition())).toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (list.currentAt == Long.MIN_VALUE) list.read(consumer, partitions);
        } catch (RuntimeException error) { // whatever it is, the answer must not be "free"
            System.err.println(error.getMessage());
        }
        for (String client : Arrays.asList(arguments).subList(1, arguments.length))
            System.out.println(client + " " + list.ask(client));
    }
}
