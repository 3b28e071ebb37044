"""For people who write tests: the emulator in their own process, and the pytest plugin."""
