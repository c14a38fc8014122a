"""Settings, read once from the environment."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What differs between the quay in production and a laptop."""

    model_config = SettingsConfigDict(env_prefix="HARBOUR_", env_file=".env", extra="ignore")

    port_name: str = "Kalvika"
    database_url: str = "sqlite:///harbour.db"
    jwt_secret: str = "kalvika-harbour-2024-9f1c4a"
    tide_url: str = "https://tides.example.org/api"
    tide_timeout_seconds: float = Field(default=3.0, gt=0)
    manifest_folder: Path = Path("/var/lib/harbour/manifests")


settings = Settings()
