"""Directory (主数据): the city's reference data and who may do what.

Owns: region tree (GB/T 2260), halls, window units, windows, staff and their stationing, chief representatives' delegations, items and
their versions, calendar overrides, accounts, roles, API keys.
Emits: directory.hall.changed, directory.staff.changed, directory.delegation.changed, directory.item.published, directory.calendar.changed.
Listens to: nothing. Everyone else keeps copies of what they need from these events.
"""
