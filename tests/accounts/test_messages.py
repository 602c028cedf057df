"""What a page says once stays on the server."""

from programs.care.models import Plan


def test_no_cookie_holds_what_was_said_and_the_next_person_never_sees_it(page, bob, alice, plan):
    client = page(bob)
    answer = client.post(f"/plans/{plan.pk}/stage/", {"verb": "advance", "to_stage": "2", "reason": "Ready."})
    assert answer.status_code == 302

    assert "messages" not in client.cookies
    client.post("/account/logout/")
    assert alice.name not in client.get("/account/login/").content.decode()
    assert Plan.objects.get().stage_number == 2
