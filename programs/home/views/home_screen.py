"""How to put the product on a phone's home screen."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from programs.lib.permissions import page_for


@page_for("patient")
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Three steps for each kind of device. It tells nothing about anybody, so no look is written down."""
    return render(request, "home/home_screen.html")
