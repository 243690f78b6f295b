"""reasoning turns the accepted facts into inferred facts, and says why each of them holds."""
