"""A researcher reads how well a wave measures."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("width", [320, 1200])
def test_researcher_goes_from_the_wave_to_its_technical_report(visit, portal, width):
    one = visit(width)
    one.sign_in(portal.person("researcher"))
    one.page.goto("/oppsett/t2/")
    one.page.get_by_role("link", name="Teknisk rapport").click()
    one.page.get_by_role("heading", name="Kort fortalt").wait_for()
    one.look("technical")
    one.page.get_by_role("link", name="Elever på 5.–10. trinn").click()
    one.page.get_by_role("heading", name="Områdene side om side").wait_for()
    one.look("technical-pupils")
    with one.page.expect_download() as download:
        one.page.get_by_role("link", name="Hele rapporten som PDF").click()
    assert download.value.suggested_filename == "t2-teknisk-rapport.pdf"
