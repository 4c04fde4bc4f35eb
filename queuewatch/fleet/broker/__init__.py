"""One poller for everybody: collectors publish each domain's picture at a NATS broker, viewers read it there."""
