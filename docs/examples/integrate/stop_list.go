// The stop list in Go, with franz-go: go run stop_list.go BROKER CLIENT…
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

const (
	topic     = "shipment-blocks"
	silentMax = 60 * time.Second
)

type stopList struct {
	last      map[string]int64
	blocked   map[string]bool
	currentAt time.Time
}

// take looks at CloudEvents headers; of each client only what is above the last sequence counts.
func (list *stopList) take(record *kgo.Record) {
	headers := map[string]string{}
	for _, header := range record.Headers {
		headers[header.Key] = string(header.Value)
	}
	colon := strings.LastIndex(headers["ce_id"], ":")
	if colon < 0 {
		return
	}
	client := headers["ce_id"][:colon]
	sequence, err := strconv.ParseInt(headers["ce_id"][colon+1:], 10, 64)
	if err != nil || sequence <= list.last[client] {
		return
	}
	list.last[client] = sequence
	list.blocked[client] = headers["ce_type"] != "shipment.released"
}

// ask answers free, blocked, or unknown: then ask a person.
func (list *stopList) ask(client string) string {
	switch {
	case time.Since(list.currentAt) > silentMax:
		return "unknown"
	case list.blocked[client]:
		return "blocked"
	}
	return "free"
}

// ends are the offsets up to which there is something to read, by partition.
func ends(ctx context.Context, client *kgo.Client) (map[int32]int64, error) {
	metadata := kmsg.NewPtrMetadataRequest()
	asked := kmsg.NewMetadataRequestTopic()
	asked.Topic = kmsg.StringPtr(topic)
	metadata.Topics = append(metadata.Topics, asked)
	found, err := metadata.RequestWith(ctx, client)
	if err != nil {
		return nil, err
	}
	request := kmsg.NewPtrListOffsetsRequest()
	request.IsolationLevel = 1
	wanted := kmsg.NewListOffsetsRequestTopic()
	wanted.Topic = topic
	for _, there := range found.Topics {
		for _, partition := range there.Partitions {
			one := kmsg.NewListOffsetsRequestTopicPartition()
			one.Partition, one.Timestamp = partition.Partition, -1
			wanted.Partitions = append(wanted.Partitions, one)
		}
	}
	request.Topics = append(request.Topics, wanted)
	result := map[int32]int64{}
	for _, shard := range client.RequestSharded(ctx, request) {
		if shard.Err != nil {
			return nil, shard.Err
		}
		for _, answer := range shard.Resp.(*kmsg.ListOffsetsResponse).Topics {
			for _, partition := range answer.Partitions {
				if partition.ErrorCode != 0 {
					return nil, fmt.Errorf("partition %d: error %d", partition.Partition, partition.ErrorCode)
				}
				result[partition.Partition] = partition.Offset
			}
		}
	}
	if len(result) == 0 {
		return nil, fmt.Errorf("topic %s is missing", topic)
	}
	return result, nil
}

func (list *stopList) read(ctx context.Context, broker string) error {
	client, err := kgo.NewClient(kgo.SeedBrokers(broker), kgo.ConsumeTopics(topic),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.KeepControlRecords(),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if err != nil {
		return err
	}
	defer client.Close()
	askedAt := time.Now()
	until, err := ends(ctx, client)
	if err != nil {
		return err
	}
	reached := map[int32]int64{}
	for done := false; !done; {
		done = true
		for partition, end := range until {
			done = done && (end == 0 || reached[partition] >= end)
		}
		if done {
			break
		}
		fetches := client.PollFetches(ctx)
		if err := fetches.Err0(); err != nil {
			return err
		}
		fetches.EachRecord(func(record *kgo.Record) {
			list.take(record)
			reached[record.Partition] = record.Offset + 1
		})
	}
	list.currentAt = askedAt // a program that stays goes on polling and asking for the ends
	return nil
}

func main() {
	list := &stopList{last: map[string]int64{}, blocked: map[string]bool{}}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := list.read(ctx, os.Args[1]); err != nil { // whatever it is, the answer must not be "free"
		fmt.Fprintln(os.Stderr, err)
	}
	for _, client := range os.Args[2:] {
		fmt.Println(client, list.ask(client))
	}
}
