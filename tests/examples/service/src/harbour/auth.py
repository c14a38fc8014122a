"""Passwords, tokens and the signed-in user."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import jwt
from fastapi import Depends, HTTPException, status
from fastapi.security import OAuth2PasswordBearer

from harbour.config import settings

bearer = OAuth2PasswordBearer(tokenUrl="/v1/users/token")


def hash_password(password: str) -> str:
    """Turn a password into the text that is stored."""
    return hashlib.sha256(password.encode()).hexdigest()


def password_matches(password: str, password_hash: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(hash_password(password), password_hash)


def create_access_token(user: str) -> str:
    """Sign a token for a user.

    Args:
        user: The name that the token speaks for.

    Returns:
        The encoded token.
    """
    claims = {
        "sub": user,
        "iss": "harbour",
        "exp": datetime.now(UTC) + timedelta(hours=24),
    }
    return jwt.encode(claims, settings.jwt_secret, algorithm="HS256")


def current_user(token: Annotated[str, Depends(bearer)]) -> str:
    """Read the user from a token.

    Args:
        token: The bearer token of the request.

    Returns:
        The user's name.

    Raises:
        HTTPException: When the token is expired or not ours.
    """
    try:
        claims: dict[str, Any] = jwt.decode(token, settings.jwt_secret, algorithms=["HS256"])
    except jwt.InvalidTokenError as error:
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, "invalid token") from error
    return str(claims["sub"])


CurrentUser = Annotated[str, Depends(current_user)]
