"""A client on an empty database."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import StaticPool, create_engine

from harbour import db
from harbour.main import app

PASSWORD = "seven-seas-and-a-gull"


@pytest.fixture
def client() -> Iterator[TestClient]:
    """Serve requests from a database in memory."""
    engine = create_engine(
        "sqlite://", connect_args={"check_same_thread": False}, poolclass=StaticPool
    )
    db.metadata.create_all(engine)

    def connection() -> Iterator[db.Connection]:
        with engine.begin() as opened:
            yield opened

    app.dependency_overrides[db.connection] = connection
    yield TestClient(app)
    app.dependency_overrides.clear()


@pytest.fixture
def headers(client: TestClient) -> dict[str, str]:
    """Sign a harbour master in."""
    client.post("/v1/users", data={"name": "ida", "password": PASSWORD})
    answer = client.post("/v1/users/token", data={"username": "ida", "password": PASSWORD})
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}
