"""The sections of a report: what is known becomes sentences, tables and plots; what is not, how to get it."""
