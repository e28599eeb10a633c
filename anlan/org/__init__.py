"""Who is who and who answers where: regions, units, groups, people, posts, and the actor of a request."""
