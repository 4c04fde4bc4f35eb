"""What a reading command answers, in four forms: text for people, JSON, CSV and Markdown for what comes next."""
