"""All mail: a row in the transaction that causes it, then claimed, composed from live data, and sent."""
