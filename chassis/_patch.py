"""Green sockets, threads and time for the nameko services. Imported before anything else by chassis.runner, and by nothing else."""

import warnings

with warnings.catch_warnings():
    # Its announced retirement is known and has a decision record of its own; one line per process start helps nobody.
    warnings.simplefilter("ignore")
    import eventlet

eventlet.monkey_patch()
