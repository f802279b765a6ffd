"""Files of `deploy/` that are made from the catalogues of topics, access and metrics, so that none can lag behind."""
