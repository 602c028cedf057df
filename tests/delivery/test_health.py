"""/healthz: what a watchdog asks."""


def test_the_process_says_that_it_lives(client):
    """Without asking the database, so that a database that is down restarts nobody."""
    answer = client.get("/healthz/live")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_the_process_says_that_it_reaches_the_database(client, db):
    answer = client.get("/healthz/ready")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
