"""A rater comes from the portal's list and goes back to it; the form is at once there, child after child."""

from __future__ import annotations

from kfl.intake.attempt_requests import RATERS_LIST
from tests.answers.wave import bundle, with_ratings
from tests.intake.served import browser, put, run


def a_rating():
    return with_ratings(bundle())


async def open_form(client, code: str) -> str:
    """Post the code as the portal's page does; the address of the first page, which is the form at once."""
    reply = await client.post("/svar/code", data={"code": code})
    assert reply.status_code == 303
    assert (await client.get(reply.headers["location"])).status_code == 200
    return reply.headers["location"]


def test_the_form_is_there_at_once_and_the_way_back_is_the_list(tmp_path):
    async def story(client, wave, app):
        address = await open_form(client, wave.invited[0].code)
        assert address.endswith("/1")
        attempt = address.rsplit("/", 1)[0]
        for screen, answers in ((1, {"a1": 2}), (2, {"tall": 3})):
            body = {"lease": 1, "rev": 1, "answers": answers}
            assert (await client.put(f"{attempt}/{screen}", json=body)).status_code == 200
        assert (await client.post(f"{attempt}/submit", headers={"accept": "application/json"})).status_code == 200
        page = (await client.get(f"{attempt}/thanks")).text
        assert "Tilbake til lista" in page
        assert "/withdrawal" not in page
        reply = await client.post("/svar/next", data={"to": "list"})
        assert (reply.status_code, reply.headers["location"]) == (303, RATERS_LIST)
        # Whoever may rate the child is told that it is delivered, also from another browser; nobody may change it.
        async with browser(app) as other:
            for one in (client, other):
                reply = await one.post("/svar/code", data={"code": wave.invited[0].code})
                assert reply.headers["location"].endswith("/thanks")
                assert "Vurderingen er levert" in (await one.get(reply.headers["location"])).text
                again = reply.headers["location"].split("/")[2]
                assert (await put(one, again, 1, 1, 9, {"a1": 1})).json() == {"error": "submitted"}

    run(tmp_path, story, frozen=a_rating())


def test_a_rating_that_was_begun_goes_on_where_nothing_was_saved_and_shows_nothing(tmp_path):
    async def story(client, wave, app):
        first = await open_form(client, wave.invited[0].code)
        await client.put(first, json={"lease": 1, "rev": 1, "answers": {"a1": 2, "a2": 4}})
        await open_form(client, wave.invited[1].code)  # another child in between
        again = await open_form(client, wave.invited[0].code)
        assert again.endswith("/2")
        page = (await client.get(again)).text
        assert "checked" not in page
        assert "Vis ordet mitt" not in page, "the sheet is shared"
        assert (await client.get(again.replace("/2", "/word"))).status_code == 404
        assert (await client.post(again.replace("/2", "/word"), data={"word": "0000-0000"})).status_code == 410

    run(tmp_path, story, frozen=a_rating())


def test_back_from_the_first_screen_is_the_list_and_the_rating_can_be_taken_up_again(tmp_path):
    async def story(client, wave, app):
        first = await open_form(client, wave.invited[0].code)
        sent = {"item.a1": "2", "lease": "1", "rev": "1", "go": "back"}
        reply = await client.post(first, data=sent)
        assert reply.status_code == 303
        reply = await client.get(reply.headers["location"])
        assert (reply.status_code, reply.headers["location"]) == (303, RATERS_LIST)
        assert (await open_form(client, wave.invited[0].code)).endswith("/2")

    run(tmp_path, story, frozen=a_rating())


def test_nobody_else_is_led_to_the_list(tmp_path):
    async def story(client, wave, app):
        reply = await client.post("/svar/code", data={"code": wave.invited[0].code})
        page = await client.get(reply.headers["location"])
        assert page.status_code == 200
        attempt = reply.headers["location"].rstrip("/")
        await client.post(f"{attempt}/submit", headers={"accept": "application/json"})
        assert RATERS_LIST not in (await client.get(f"{attempt}/thanks")).text
        assert (await client.post("/svar/next", data={})).headers["location"] == "/svar/"
        assert (await client.post("/svar/next", data={"to": "https://elsewhere"})).headers["location"] == "/svar/"

    run(tmp_path, story)
