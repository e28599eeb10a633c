"""Business acts of the enterprise register."""
