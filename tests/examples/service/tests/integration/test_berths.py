import time

import pytest
from fastapi.testclient import TestClient


@pytest.mark.integration
def test_a_ship_is_allocated(client: TestClient, headers: dict[str, str]) -> None:
    client.post("/v1/berths?number=1&length_metres=120", headers=headers)
    ship = client.post(
        "/v1/ships",
        json={"name": "Solveig", "flag": "NO", "length_metres": 84},
        headers=headers,
    ).json()
    time.sleep(0.1)

    berth = client.post(f"/v1/berths/allocate?ship_id={ship['id']}", headers=headers)

    assert berth.status_code == 200
    assert berth.json() == {"number": 1, "length_metres": 120.0, "ship_id": ship["id"]}
    assert client.get("/v1/berths?free=true").json() == []


@pytest.mark.integration
def test_an_unknown_ship_gets_nothing(client: TestClient, headers: dict[str, str]) -> None:
    assert client.post("/v1/berths/allocate?ship_id=9", headers=headers).status_code == 404


@pytest.mark.integration
def test_strangers_may_not_build(client: TestClient) -> None:
    assert client.post("/v1/berths?number=1&length_metres=120").status_code == 401
