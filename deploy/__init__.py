"""How the house is run: on one machine (`local`), in containers (`compose`), and what the broker is told (`rabbitmq`)."""
