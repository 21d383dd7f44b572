"""What happens on the day, written down before it happens: people, cases, inspections, and by hand what must come out of it."""
