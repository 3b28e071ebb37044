"""Stories about Ameyo."""
