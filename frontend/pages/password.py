"""A person changes their own password."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.password_validation import password_validators_help_texts
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontend.people import person
from overread.accounts.models import User
from overread.accounts.services import password_change

LABELS = {
    "old_password": gettext_lazy("Current password"),
    "new_password1": gettext_lazy("New password"),
    "new_password2": gettext_lazy("New password, once more"),
}


class PasswordForm(PasswordChangeForm):
    """Django's own form and validators; our service stores the password."""

    error_messages = {
        "password_incorrect": gettext_lazy("This is not your current password."),
        "password_mismatch": gettext_lazy("The two new passwords differ."),
    }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, field in self.fields.items():
            field.label = LABELS[name]
            field.help_text = ""
            field.widget.attrs["class"] = "input"
            field.widget.attrs.pop("autofocus", None)  # as in sign_in.py
        self.fields["new_password1"].help_text = " ".join(password_validators_help_texts())

    def save(self, commit: bool = True) -> User:
        password_change(user=self.user, password=self.cleaned_data["new_password1"])
        return self.user


class ChangePassword(PasswordChangeView):
    """For any signed-in person, but not for a demo account: many people share it, and one would lock out the others."""

    template_name = "password.html"
    form_class = PasswordForm
    success_url = reverse_lazy("home")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if person(request).is_demo:
            return self.render_to_response(self.get_context_data(), status=403)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, _("Your password is changed."))
        return super().form_valid(form)
