"""The one kind of error that a user is meant to see."""


class InputError(Exception):
    """Something from outside is not as it must be: says where, what is wrong and what to do.

    Parameters
    ----------
    where : the file, and the row or record inside it, as the user can find it.
    problem : what is wrong there, with the offending value.
    remedy : what the user can do about it.
    """

    def __init__(self, where: object, problem: str, remedy: str) -> None:
        super().__init__(f"{where}: {problem} {remedy}")
