"""Samples of published records that others are packed against, by the mark of what was packed so.

Part of the format: what is packed against one can be read with nothing else, so a sample is never changed; a better one
has another mark. What is most frequent comes last.
"""

from typing import Final

SAMPLE_1: Final = (
    '{"type":"shipment.blocked","id":"c-000018:31","client_id":"c-000018","sequence":31,'
    '"effective_at":"2026-11-19T09:00:00+03:00","cause":{"kind":"broadcast","id":"done-2026-11-18",'
    '"type":"payments.completed","topic":"payments","partition":0,"offset":53748},"because":[{"rule":"risk_group",'
    '"threshold":"3","observed":"3","facts":["S-32474/1"]},{"rule":"risk_group.overdue_now","threshold":"0.00",'
    '"observed":"280.46","facts":["S-32474/1"]}],"explanation":{"en":"Do not ship. Risk group 3 (6 violations, the '
    "longest overdue 17 days), and 280.46 USD is overdue (S-32474/1). A payment of 280.46 USD for S-32474/1 lifts "
    'it.","ru":"Отгрузки запрещены. Группа риска 3 (6 нарушений, самая долгая просрочка 17 дней), и просрочено 280.46 '
    'USD (S-32474/1). Снимается оплатой 280.46 USD за S-32474/1."},"lifted_by":[{"kind":"payment","amount":"280.46",'
    '"currency":"USD","obligations":["S-32474/1"]},{"kind":"person","role":"manager"}],"opened":["risk_group"],'
    '"closed":[]}{"type":"shipment.released","credit_limit","first_payment_overdue"'
    '{"type":"client.status","id":"c-000018:35","client_id":"c-000018","sequence":35,'
    '"effective_at":"2026-11-24T00:00:00+03:00","cause":{"kind":"deadline","at":"2026-11-24T00:00:00+03:00"},'
    '"cause":{"kind":"record","id":"P-44437","type":"payment.received","topic":"payments","partition":0,'
    '"offset":58756},"id":"A-44437","type":"sale.recorded","topic":"sales","id":"D-44437",'
    '"type":"shipment.dispatched","topic":"shipments","partition":0,"offset":58756},"because":['
    '{"rule":"risk_group.overdue_days","threshold":"8","observed":"17","facts":["S-7618/1"]},'
    '{"rule":"risk_group.violations","threshold":"0","observed":"0","facts":[]}],"correction":false,'
    '"policy":{"version":1,"digest":"0123456789abcdef"},"rules_version":"1","explanation":{"en":"Do not ship: risk '
    'group 3, volume B, debt 2014.02 USD, overdue since 19 November 2026.","ru":"Отгрузки запрещены: группа риска 3, '
    'объём B, долг 2014.02 USD, просрочка с 19.11.2026."},"explanation":{"en":"Shipping allowed: risk group 0, '
    'volume B, debt 1180.30 USD, nothing overdue.","ru":"Отгрузки разрешены: группа риска 0, объём B, долг 1180.30 '
    'USD, просрочки нет."},"as_of":"2026-11-22T10:00:00+03:00","blocked":true,"blocked":false,'
    '"categories":{"risk_group":0,"volume":"B"},"violations":0,"overdue_days_longest":0,"overdue_days_current":0,'
    '"overdue_since":"2026-11-19","overdue_since":null,"currency":"USD","outstanding":"1180.30","unapplied":"0.00",'
    '"exposure":"1180.30","limit":null,"open_obligations":[{"obligation_id":"S-40016/1","shipment_id":"S-40016",'
    '"due_date":"2026-11-28","amount":"587.95","outstanding":"587.95","judged":true},{"obligation_id":"S-42956/1",'
    '"shipment_id":"S-42956","due_date":"2026-12-13","amount":"592.35","outstanding":"592.35","judged":false}],'
    '"open_obligations_count":2,"conditions":[{"reason":"risk_group","since":"2026-11-19T09:00:00+03:00"}],'
    '"conditions":[],"warnings":[],"next_change":null,"flags":[]}"next_change":{"at":"2026-12-01T00:00:00+03:00",'
    '"changes":[{"dimension":"volume","from":"B","to":"C"}]},"changes":[{"dimension":"risk_group","from":0,"to":1}]},'
    '"flags":[]}'
).encode()

SAMPLE_2: Final = (
    SAMPLE_1
    + (
        '"next_change":{"at":"2026-11-28T12:00:00+03:00","changes":[{"dimension":"lifecycle","from":"active","to":"lost"}]}'
        ',"reserved":"0.00","reservations":[],"reservations_count":0,"overrides":[],"documents":[],"first_deal":null,'
        '"flags":[]}{"type":"client.status","id":"c-000018:35","client_id":"c-000018","sequence":35,'
        '"effective_at":"2026-11-24T10:00:00+03:00","cause":{"kind":"record","id":"D-44437","type":"shipment.dispatched",'
        '"topic":"shipments","partition":0,"offset":58756},"because":[{"rule":"risk_group.violations","threshold":"0",'
        '"observed":"0","facts":[]}],"correction":false,"policy":{"version":1,"digest":"0123456789abcdef"},'
        '"rules_version":"6","explanation":{"en":"Shipping allowed: risk group 0, volume B, debt 1180.30 USD, nothing '
        'overdue.","ru":"Отгрузки разрешены: группа риска 0, объём B, долг 1180.30 USD, просрочки нет."},'
        '"as_of":"2026-11-24T10:00:00+03:00","blocked":false,"categories":{"risk_group":0,"volume":"B","sales_type":null,'
        '"activities":[],"mall_outlets":[],"lifecycle":"active","importance":[]},"violations":0,"overdue_days_longest":0,'
        '"overdue_days_current":0,"overdue_since":null,"currency":"USD","outstanding":"1180.30","unapplied":"0.00",'
        '"exposure":"1180.30","limit":null,"open_obligations":[{"obligation_id":"S-40016/1","shipment_id":"S-40016",'
        '"due_date":"2026-11-28","amount":"587.95","outstanding":"587.95","judged":false}],"open_obligations_count":1,'
        '"conditions":[],"warnings":[],"next_change":{"at":"2026-11-30T12:00:00+03:00","changes":[{'
        '"dimension":"risk_group","from":0,"to":1}]},"reserved":"0.00","reservations":[],"reservations_count":0,'
        '"overrides":[],"documents":[{"document":"cooperation_agreement","number":"c-000018","form":"original",'
        '"on":"2026-03-02","in_force":true},{"document":"supply_contract","number":"c-000018","form":"original",'
        '"on":"2026-03-02","in_force":true}],"first_deal":{"deal_id":"S-572","state":"closed",'
        '"started_at":"2026-03-12T15:00:00+03:00","closed_on":"2026-03-22","entitlement":"200.00",'
        '"rrp_dispatched":"34.20","outlets":[]},"flags":[]}'
    ).encode()
)
