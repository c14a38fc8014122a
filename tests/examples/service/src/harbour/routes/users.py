"""Users: sign up and sign in."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, status
from fastapi.security import OAuth2PasswordRequestForm
from sqlalchemy import insert, select

from harbour.auth import create_access_token, hash_password, password_matches
from harbour.db import Database, users
from harbour.models import Token

router = APIRouter(prefix="/users", tags=["users"])


@router.post("", status_code=status.HTTP_201_CREATED)
def sign_up(
    name: Annotated[str, Form(min_length=1)],
    password: Annotated[str, Form(min_length=12)],
    database: Database,
) -> dict[str, str]:
    """Add a user."""
    database.execute(insert(users).values(name=name, password_hash=hash_password(password)))
    return {"name": name}


@router.post("/token")
def sign_in(form: Annotated[OAuth2PasswordRequestForm, Depends()], database: Database) -> Token:
    """Trade a name and a password for a token.

    Raises:
        HTTPException: When the two do not belong together.
    """
    stored = database.execute(
        select(users.c.password_hash).where(users.c.name == form.username)
    ).scalar()
    if stored is None or not password_matches(form.password, stored):
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, "wrong name or password")
    return Token(access_token=create_access_token(form.username))
