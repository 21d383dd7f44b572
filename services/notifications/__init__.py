"""Notifications: telling the people of a hall what they must know, once, on the channels they chose.

Owns   templates (data, versioned, zh-CN and en), recipients' preferences and duties, deliveries, the in-app inbox.
Emits  notifications.delivery.sent, notifications.delivery.failed.
Hears  the events named in catalog/routes.yaml, and directory's halls, staff and items.

A message is owed at most once per (occasion, recipient, channel): a unique key says so. The inbox is written in the transaction
of the event. E-mail is sent from due rows in the database, with growing delays, never from the broker; a crash between
sending and recording sends again under the same Message-ID, which mailboxes fold into one. Addresses never leave this service.
"""
