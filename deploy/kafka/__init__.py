"""A real Apache Kafka broker on this machine, from the jars of `jars.lock`: for tests, the demo and measurements."""
