"""Files, records, locks, processes and the machine; nothing here knows about labels or networks."""
