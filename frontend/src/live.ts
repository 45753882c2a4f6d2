/** Pages that refresh parts of themselves. htmx reads `<meta name="htmx-config">` of base.html; nothing it does here needs eval. */
import "htmx.org";
