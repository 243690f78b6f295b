"""graph turns files into triples and triples into stores, and back."""
