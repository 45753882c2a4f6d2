/** Every message of the upload list. */
import { gettext } from "../i18n";

const KIB = 1024;

export const messages = {
  waiting: gettext("Waiting"),
  sent: (share: number) => gettext("%(percent)s %%", { percent: Math.round(share * 100) }),
  checking: gettext("Checking"),
  open: (name: string) => gettext("Open %(name)s", { name }),
  stored: gettext("Stored"),
  storedBefore: gettext("Already stored"),
  notStored: gettext("Not stored"),
  unfinished: gettext("Not known to have arrived: the page was left. Choose the file again; it is not stored twice."),
  lost: gettext("The connection was lost. The file is sent again by itself as soon as there is one."),
  unreadable: gettext("Not sent: the file was changed, moved or removed after it was chosen. Choose it again."),
  signedOut: gettext("Not sent: you are signed out. Sign in and choose the file again."),
  size: (bytes: number) =>
    bytes < KIB * KIB
      ? gettext("%(size)s kB", { size: Math.ceil(bytes / KIB) })
      : gettext("%(size)s MB", { size: (bytes / KIB / KIB).toFixed(1) }),
} as const;
