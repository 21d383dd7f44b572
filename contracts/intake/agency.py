"""Events of intake: agency (代办): matters of the upper level taken in by the hall."""
