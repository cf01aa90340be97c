"""Real orders under other programme rules: who would have earned, reached and been owed what."""
