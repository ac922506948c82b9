"""One function per question, SQL straight to rows."""
