"""Events of intake: enquiries under the first-asked responsibility (首问负责制) and objections to the progress of a case."""
