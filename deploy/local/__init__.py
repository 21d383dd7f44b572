"""One machine: private RabbitMQ and PostgreSQL nodes, and every process of the house under supervisord."""
