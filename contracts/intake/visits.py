"""Events of intake: door-to-door visits (上门服务)."""
