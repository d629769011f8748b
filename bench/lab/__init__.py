"""What bench/run.py and bench/drills.py are made of."""
