"""The yardstick of selection: learning curves of every method on data whose answers are known."""
