"""What can be read off a contract: OpenAPI, reference pages, tables, the ledger of guesses. No world, no engine, no Flask."""
