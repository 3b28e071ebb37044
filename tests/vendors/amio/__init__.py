"""Stories about Amio, told by a client that knows its documentation."""
