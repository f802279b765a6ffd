"""What is started by `with` and closed by its end, also when it did not come up."""

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self


class Started(ABC):
    """`with Something() as something:` starts it; whatever a start that failed has left is closed too."""

    @abstractmethod
    def start(self) -> Self:
        """Returns when it can be used."""

    @abstractmethod
    def close(self) -> None:
        """End it, as far as it came."""

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
