"""What changes attendance: facts from elsewhere (`facts`), people's commands (`commands`), and time (`assessing`)."""
