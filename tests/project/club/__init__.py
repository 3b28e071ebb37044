"""What the club does with the services that it pays for."""
