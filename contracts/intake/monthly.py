"""Events of intake: monthly case statistics of the windows (办件统计月报)."""
