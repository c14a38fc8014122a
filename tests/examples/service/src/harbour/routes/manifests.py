"""Cargo manifests: upload and download."""

from fastapi import APIRouter, HTTPException, UploadFile, status
from fastapi.responses import FileResponse

from harbour.auth import CurrentUser
from harbour.config import settings
from harbour.services.cargo import read_manifest

router = APIRouter(prefix="/manifests", tags=["manifests"])


@router.post("")
def upload(file: UploadFile, _user: CurrentUser) -> dict[str, int]:
    """Count the containers in an uploaded manifest."""
    cargo = read_manifest(file.file.read())
    return {"containers": len(cargo)}


@router.get("/{name:path}")
def download(name: str) -> FileResponse:
    """Send a stored manifest."""
    path = settings.manifest_folder / name
    if not path.is_file():
        raise HTTPException(status.HTTP_404_NOT_FOUND, "no such manifest")
    return FileResponse(path)
