"""What every room shares on the page: templates, figures, translated text, formats, jobs."""
