"""The read side: `projection` keeps Redis from the topics that workers publish, `serving` answers people from it."""
